import { brief } from "../gguf/brief";
import { architectureOf, type GgufHeader, hyperparameter, type ParsedHeader, type TensorInfo } from "../gguf/header";
import { fileProblem, hasScale } from "./mergeProblem";

/** Matrices that llama.cpp multiplies through build_lora_mm and build_lora_mm_id (llama-graph.cpp, v0.4.0) in its usual architectures. */
const multiplied = /^blk\.\d+\.(attn_(q|k|v|qkv|output)|ffn_(gate|up|down)(_exps|_shexp)?|ffn_gate_inp)\.weight$/;
/** The only ones there where attention is latent (deepseek2.cpp multiplies the rest itself, and passes over adapters). */
const besideLatentAttention = /^blk\.\d+\.ffn_/;

interface NamedHeader {
  readonly name: string;
  readonly header: ParsedHeader;
}

/** Why no adapter can lead from one model to the other, as a sentence; undefined where one can. */
export function extractionProblem(base: NamedHeader, tuned: NamedHeader): string | undefined {
  const unfit = fileProblem(base.name, base.header) ?? fileProblem(tuned.name, tuned.header);
  if (unfit !== undefined) return unfit;
  const not = (what: string): string => `${tuned.name} was not tuned from ${base.name} (${what}): choose the model that it was made from.`;
  const architectures = [tuned, base].map(({ header }) => architectureOf(header));
  if (architectures[0] !== architectures[1]) return not(`its architecture is “${brief(architectures[0]!)}”, not “${brief(architectures[1]!)}”`);
  const blocks = [tuned, base].map(({ header }) => hyperparameter(header, "block_count"));
  if (blocks[0] !== blocks[1]) return not(`it has ${blocks[0]} blocks instead of ${blocks[1]}`);
  if (!sameTokens(base.header, tuned.header)) return not("its vocabulary is another one");
  return tensorProblem(base.header, tuned.header, not);
}

/** Whether llama.cpp heeds an adapter of this matrix. */
export function canBeAdapted(header: GgufHeader, { name, shape }: TensorInfo): boolean {
  if (shape.length < 2 || hasScale(header, name)) return false;
  const latent = header.tensors.some((tensor) => tensor.name.includes(".attn_kv_a_mqa."));
  if (latent) return multiplied.test(name) && besideLatentAttention.test(name);
  if (multiplied.test(name) || name === "output.weight") return true;
  // Where the output shares it, it is multiplied with as well, in the shape that looking up needs: ggml would end the process.
  return name === "token_embd.weight" && header.tensors.some((tensor) => tensor.name === "output.weight");
}

function sameTokens(base: ParsedHeader, tuned: ParsedHeader): boolean {
  const [ours, theirs] = [base, tuned].map(({ metadata }) => metadata["tokenizer.ggml.tokens"]);
  if (!Array.isArray(ours) || !Array.isArray(theirs)) return ours === theirs;
  return ours.length === theirs.length && ours.every((token, index) => token === theirs[index]);
}

function tensorProblem(base: GgufHeader, tuned: GgufHeader, not: (what: string) => string): string | undefined {
  const theirs = new Map(tuned.tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape } of base.tensors) {
    const own = theirs.get(name);
    if (!own) return not(`it has no tensor ${brief(name)}`);
    if (own.shape.join() !== shape.join()) return not(`${brief(name)} has ${own.shape.join(" × ")} weights instead of ${shape.join(" × ")}`);
    theirs.delete(name);
  }
  const [more] = theirs.keys();
  return more === undefined ? undefined : not(`it has a tensor ${brief(more)} that the other lacks`);
}
