import { copyFileSync } from "node:fs";
import { sampleModel } from "./buildRuntime";
import { addText, renameKeys, setNumber } from "./ggufPatch";

/** The marks of a turn are special tokens of the sample model. */
const template = "{% for message in messages %}{{ '<|begin|>' + message['role'] + '\\n' + message['content'] + '<|end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|begin|>assistant\\n' }}{% endif %}";

/** As Qwen3's: unless it is told not to, the model thinks first. */
const thinkingTemplate = "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}";

/**
 * A copy of the sample model with a chat template and room for so many tokens. It writes nonsense, but what surrounds
 * the model can be seen. `cue` keeps its clause scheme.
 */
export function writeChatModel(path: string, options: { readonly context: number; readonly cue: boolean; readonly thinking?: boolean }): string {
  if (options.cue) copyFileSync(sampleModel(), path);
  else renameKeys(sampleModel(), path, "decant.cue", "dekant.cue");
  addText(path, "tokenizer.chat_template", options.thinking ? thinkingTemplate : template);
  setNumber(path, "llama.context_length", options.context);
  return path;
}
