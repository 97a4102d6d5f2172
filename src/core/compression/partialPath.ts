/** Where a file is written before it is complete: in the same folder, so that the final rename is atomic. */
export function partialPathOf(output: string): string {
  return `${output}.partial`;
}
