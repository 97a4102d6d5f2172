/** What ggml_compute_backward of ggml.c knows (release v0.4.0), by ggml_op_desc's names, and what nothing has to be derived through. */
const known: ReadonlySet<string> = new Set([
  "NONE", "DUP", "ADD", "ADD1", "ACC", "SUB", "MUL", "DIV", "SQR", "SQRT", "LOG", "SIN", "COS", "SUM", "SUM_ROWS", "MEAN", "REPEAT", "REPEAT_BACK",
  "RMS_NORM", "MUL_MAT", "SCALE", "SET", "CPY", "CONT", "RESHAPE", "VIEW", "PERMUTE", "TRANSPOSE", "GET_ROWS", "DIAG_MASK_INF", "DIAG_MASK_ZERO",
  "SOFT_MAX", "ROPE", "ABS", "SGN", "NEG", "STEP", "RELU", "SILU", "EXP", "EXPM1", "SOFTPLUS", "SWIGLU",
  // Fills the cache of keys and values: gradients end there.
  "SET_ROWS",
]);

/** Whether an operation of a model's graph would end training with a failed assertion. */
export function underivable(operation: string, sources: number): boolean {
  return !known.has(operation) || (operation === "SWIGLU" && sources < 2);
}

/** Storage types that ggml multiplies with backwards (ggml_compute_forward_out_prod): all that quantizing writes, but not BF16. */
export const baseTypes: readonly string[] = [
  "F32", "F16", "Q8_0", "Q6_K", "Q5_K", "Q5_1", "Q5_0", "Q4_K", "Q4_1", "Q4_0", "Q3_K", "Q2_K", "IQ4_NL", "IQ4_XS", "IQ3_S", "IQ3_XXS", "IQ2_S", "IQ2_XS",
  "IQ2_XXS", "IQ1_S", "IQ1_M", "TQ1_0", "TQ2_0", "MXFP4", "NVFP4", "Q1_0", "Q2_0",
];
