/** `Library analysis, depth 0` and `libraryDepth0` as `library_analysis_depth_0` and `library_depth_0`. */
export function snakeCase(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return words.join('_') || 'stage';
}
