/** Metadata entries of the types that models use. */
import type { MetadataEntry } from "../gguf/writer";

export function u32(key: string, value: number): MetadataEntry {
  return { key, type: "u32", value };
}
export function i32(key: string, value: number): MetadataEntry {
  return { key, type: "i32", value };
}
export function f32(key: string, value: number): MetadataEntry {
  return { key, type: "f32", value };
}
export function flag(key: string, value: boolean): MetadataEntry {
  return { key, type: "bool", value };
}
export function text(key: string, value: string): MetadataEntry {
  return { key, type: "string", value };
}
export function texts(key: string, value: readonly string[]): MetadataEntry {
  return { key, type: "array", element: "string", value };
}
