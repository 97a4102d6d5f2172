/** What llama_model_quantize says in its log: it has no other way to tell. Formats of src/llama-quant.cpp, release v0.4.0. */
export class QuantizerLog {
  /** Storage type of each tensor whose type changes, by the tensor's name; only a dry run tells. */
  readonly newTypes = new Map<string, string>();
  tensor = 0;
  tensors = 0;
  /** Names of the tensors that a larger type is needed for, since their rows do not divide into the level's blocks. */
  readonly fallbacks = new Set<string>();
  /** The library's own words for why it failed. */
  failure: string | undefined;

  constructor(private readonly onTensor: (tensor: number, tensors: number) => void = () => {}) {}

  /** [  46/  48] blk.4.ffn_gate.weight - [ 256, 768, 1, 1], type = f16, size = 0.38 MiB -> 0.11 MiB (q4_K) */
  hear(line: string): void {
    const tensor = /^\[\s*(\d+)\/\s*(\d+)\]\s+(.*?)\s+- \[/.exec(line);
    if (tensor) {
      this.tensor = Number(tensor[1]);
      this.tensors = Number(tensor[2]);
      const type = /-> +[\d.]+ MiB \((\w+)\)\s*$/.exec(line)?.[1];
      if (type && tensor[3]) this.newTypes.set(tensor[3], type.toUpperCase());
      this.onTensor(this.tensor, this.tensors);
      return;
    }
    const fallback = /^warning: (\S+)\s+- ncols/.exec(line)?.[1];
    if (fallback) this.fallbacks.add(fallback);
    // May end a line that began with a warning.
    this.failure = /failed to quantize: (.*\S)/.exec(line)?.[1] ?? this.failure;
  }
}
