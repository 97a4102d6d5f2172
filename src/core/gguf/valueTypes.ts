/** Types of metadata values, in the order of their gguf_type numbers. Source: docs/gguf.md of ggml. */
export const valueTypes = ["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"] as const;
export type ValueType = (typeof valueTypes)[number];
/** Types of single values. */
export type ScalarType = Exclude<ValueType, "array">;
export type NumberType = Exclude<ScalarType, "string" | "bool">;
export type Scalar = number | bigint | boolean | string;

/** Bytes of the values of fixed size. */
export const valueBytes: Readonly<Record<Exclude<ScalarType, "string">, number>> = {
  u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, bool: 1, u64: 8, i64: 8, f64: 8,
};
