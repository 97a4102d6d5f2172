/**
 * Where a model is written until it is whole: in the folder of its final place, so that renaming is
 * one step of the file system. Whoever ends a compression job by killing its process removes this file.
 */
export function partialPathOf(output: string): string {
  return `${output}.partial`;
}
