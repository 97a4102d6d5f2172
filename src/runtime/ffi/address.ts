/** An address in native memory, as koffi gives it. */
export type Address = bigint;
