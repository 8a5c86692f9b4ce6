import { match, option } from '../extension.ts';
import { text } from '../kind.ts';

/** XT_MAX_COMMENT_LEN without its final zero. */
const LENGTH = 255;

export const comment = match({
  name: 'comment',
  summary: 'carries a text and matches always',
  options: { comment: option(text(LENGTH), { required: true }) },
  list: ({ comment }) => `/* ${comment?.value} */`,
  translate: () => '',
  compile: () => () => true,
});
