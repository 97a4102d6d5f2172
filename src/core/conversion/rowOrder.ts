/**
 * Rows of each head from Hugging Face's order to llama.cpp's. Rotary positions turn pairs of rows by one angle: Hugging Face pairs
 * row i with row i + half of the head, llama.cpp (of llama and Mistral) with its neighbour. Row 2i + j becomes row i + j · half.
 */
export function pairedRow(row: number, headRows: number): number {
  const place = row % headRows;
  return row - place + (place >>> 1) + (place & 1) * (headRows >>> 1);
}

/** The rows of whole heads in llama.cpp's order. */
export function pairRows(bytes: Uint8Array, rowBytes: number, headRows: number): Uint8Array {
  const paired = new Uint8Array(bytes.length);
  for (let row = 0; row * rowBytes < bytes.length; row++) {
    const from = pairedRow(row, headRows) * rowBytes;
    paired.set(bytes.subarray(from, from + rowBytes), row * rowBytes);
  }
  return paired;
}
