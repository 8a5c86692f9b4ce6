import { getCollection } from 'astro:content';

export interface Module {
  readonly title: string;
  readonly about: string;
  /** Address paths without slashes at the ends, as `pods/every-pod-has-an-address`. */
  readonly lessons: readonly { readonly id: string; readonly title: string }[];
  readonly labs: readonly string[];
}

/** The course's modules in their order. Throws where `course.yaml` names a lesson that isn't there. */
export async function course(): Promise<readonly Module[]> {
  const modules = await getCollection('modules');
  const docs = await getCollection('docs');
  return modules
    .sort((a, b) => a.data.order - b.data.order)
    .map(({ data }) => ({
      ...data,
      lessons: data.lessons.map((id) => {
        const lesson = docs.find((doc) => doc.id === id);
        if (lesson === undefined)
          throw new Error(`content/course.yaml names the lesson "${id}", but no such file is in content/`);
        return { id, title: lesson.data.title };
      }),
    }));
}
