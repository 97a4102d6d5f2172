/** The smallest GGUF file by hand, to be cut and bent by tests: version 3, little-endian, F32 tensors. */
export interface TinyTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

export function ggufBytes(metadata: Readonly<Record<string, string | number>>, tensors: readonly TinyTensor[], counts?: { tensors?: bigint; entries?: bigint }): Buffer {
  const entries = Object.entries(metadata);
  const parts: Buffer[] = [Buffer.from("GGUF"), u32(3), u64(counts?.tensors ?? BigInt(tensors.length)), u64(counts?.entries ?? BigInt(entries.length))];
  for (const [key, value] of entries) {
    parts.push(text(key));
    if (typeof value === "string") parts.push(u32(8), text(value));
    else parts.push(u32(4), u32(value));
  }
  let offset = 0;
  for (const { name, shape } of tensors) {
    parts.push(text(name), u32(shape.length), ...shape.map((n) => u64(BigInt(n))), u32(0), u64(BigInt(offset)));
    offset += padded(4 * shape.reduce((a, b) => a * b, 1));
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(padded(header.length) - header.length), Buffer.alloc(offset)]);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 32) * 32;
}
function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
function u64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(BigInt(bytes.length)), bytes]);
}
