/** What llama_model_quantize says in its log: it has no other way to tell. Formats of src/llama-quant.cpp, release v0.4.0. */
export class QuantizerLog {
  /** Storage type of each tensor whose type changes, by the tensor's name; only a dry run tells. */
  readonly newTypes = new Map<string, string>();
  tensor = 0;
  tensors = 0;
  fallbacks = 0;
  needsImatrix = false;
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
    const fallbacks = /WARNING: (\d+) of \d+ tensor\(s\) required fallback/.exec(line);
    if (fallbacks) this.fallbacks = Number(fallbacks[1]);
    else if (/will require an imatrix|requires an importance matrix/.test(line)) this.needsImatrix = true;
    else this.failure = /failed to quantize: (.*\S)/.exec(line)?.[1] ?? this.failure;
  }
}
