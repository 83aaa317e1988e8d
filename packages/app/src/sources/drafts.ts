/** Where a file is written that is to appear as a whole: beside it, so that it can be moved into place. */
export function draftOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Also of a draft that was left behind by somebody who was killed. The other ending is an earlier one. */
export function isDraft(path: string): boolean {
  return /\.\d+\.(?:tmp|part)$/.test(path);
}
