import { readFileSync, writeFileSync } from "node:fs";

const alignment = 32;

/** Writes a copy of a GGUF file in whose header every `from` becomes `to`, of the same length in UTF-8. */
export function renameKeys(input: string, output: string, from: string, to: string): void {
  if (Buffer.byteLength(from) !== Buffer.byteLength(to)) throw new Error("The texts must have the same length.");
  const bytes = readFileSync(input);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  writeFileSync(output, bytes);
}

/** Adds a text entry in front of all others. Blanks fill it up to the alignment, so that the tensor data stays aligned. */
export function addText(path: string, key: string, value: string): void {
  const bytes = readFileSync(path);
  const head = 8 + key.length + 4 + 8;
  const text = value.padEnd(value.length + ((alignment - ((head + value.length) % alignment)) % alignment), " ");
  const entry = Buffer.alloc(head + text.length);
  entry.writeBigUInt64LE(BigInt(key.length), 0);
  entry.write(key, 8, "latin1");
  entry.writeUInt32LE(8, 8 + key.length);
  entry.writeBigUInt64LE(BigInt(text.length), 12 + key.length);
  entry.write(text, head, "latin1");
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE(16) + 1n, 16);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, 24), entry, bytes.subarray(24)]));
}

/** Changes an entry that is a 32-bit whole number. */
export function setNumber(path: string, key: string, value: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt32LE(value, bytes.indexOf(key) + key.length + 4);
  writeFileSync(path, bytes);
}

/** Sets every element of a list of 32-bit floating-point numbers. */
export function setFloats(path: string, key: string, value: number): void {
  const bytes = readFileSync(path);
  const list = bytes.indexOf(key) + key.length + 4;
  const length = Number(bytes.readBigUInt64LE(list + 4));
  for (let index = 0; index < length; index++) bytes.writeFloatLE(value, list + 12 + 4 * index);
  writeFileSync(path, bytes);
}
