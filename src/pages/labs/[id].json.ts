import type { APIRoute } from 'astro';
import { goodLabs } from '../../build/labs.ts';

/** The whole lab as data, for the Worker that runs it in the page. */
export function getStaticPaths() {
  return goodLabs().map((lab) => ({ params: { id: lab.id }, props: { lab } }));
}

export const GET: APIRoute = ({ props }) => Response.json(props['lab']);
