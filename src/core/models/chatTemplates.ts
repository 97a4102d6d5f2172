/** How a family of chat models marks who speaks: a Go template as Ollama wants it, and where an answer ends. */
export interface ChatTemplate {
  readonly name: string;
  readonly template: string;
  readonly stops: readonly string[];
}

interface Family extends ChatTemplate {
  /** Recognises the family by the marks in a model's own Jinja template. */
  fits(jinja: string): boolean;
}

/** System, prompt and answer, each between marks of its own: the shape that most families have. */
function turns(system: readonly [string, string], user: readonly [string, string], answer: readonly [string, string]): string {
  return `{{ if .System }}${system[0]}{{ .System }}${system[1]}{{ end }}{{ if .Prompt }}${user[0]}{{ .Prompt }}${user[1]}{{ end }}${answer[0]}{{ .Response }}${answer[1]}`;
}

/** The families without a role for the system say its words before the prompt. */
const systemBefore = "{{ if .System }}{{ .System }}\n\n{{ end }}";

const has = (...marks: readonly string[]) => (jinja: string): boolean => marks.every((mark) => jinja.includes(mark));

/**
 * From the models' published chat templates (tokenizer_config.json). The first that fits counts: the order puts what has
 * more marks before what has fewer. Tools, images and thinking of the original are not carried over.
 */
const families: readonly Family[] = [
  {
    name: "phi4", fits: has("<|im_start|>", "<|im_sep|>"), stops: ["<|im_end|>"],
    template: turns(["<|im_start|>system<|im_sep|>", "<|im_end|>"], ["<|im_start|>user<|im_sep|>", "<|im_end|>"], ["<|im_start|>assistant<|im_sep|>", "<|im_end|>"]),
  },
  {
    name: "chatml", fits: has("<|im_start|>", "<|im_end|>"), stops: ["<|im_end|>"],
    template: turns(["<|im_start|>system\n", "<|im_end|>\n"], ["<|im_start|>user\n", "<|im_end|>\n"], ["<|im_start|>assistant\n", "<|im_end|>\n"]),
  },
  {
    name: "llama3", fits: has("<|start_header_id|>", "<|eot_id|>"), stops: ["<|eot_id|>"],
    template: turns(
      ["<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"], ["<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"],
      ["<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"],
    ),
  },
  {
    name: "llama2", fits: has("[INST]", "<<SYS>>"), stops: ["[INST]", "[/INST]"],
    template: "[INST] {{ if .System }}<<SYS>>\n{{ .System }}\n<</SYS>>\n\n{{ end }}{{ .Prompt }} [/INST] {{ .Response }}",
  },
  { name: "mistral", fits: has("[INST]", "[/INST]"), stops: ["[INST]", "[/INST]"], template: `[INST] ${systemBefore}{{ .Prompt }} [/INST] {{ .Response }}` },
  {
    name: "gemma", fits: has("<start_of_turn>", "<end_of_turn>"), stops: ["<end_of_turn>"],
    template: `<start_of_turn>user\n${systemBefore}{{ .Prompt }}<end_of_turn>\n<start_of_turn>model\n{{ .Response }}<end_of_turn>\n`,
  },
  {
    name: "phi3", fits: has("<|user|>", "<|assistant|>", "<|end|>"), stops: ["<|end|>", "<|user|>", "<|assistant|>"],
    template: turns(["<|system|>\n", "<|end|>\n"], ["<|user|>\n", "<|end|>\n"], ["<|assistant|>\n", "<|end|>\n"]),
  },
  {
    name: "zephyr", fits: (jinja) => has("<|user|>", "<|assistant|>")(jinja) && /<\/s>|eos_token/.test(jinja), stops: ["</s>", "<|user|>", "<|system|>", "<|assistant|>"],
    template: turns(["<|system|>\n", "</s>\n"], ["<|user|>\n", "</s>\n"], ["<|assistant|>\n", "</s>\n"]),
  },
  {
    name: "command-r", fits: has("<|START_OF_TURN_TOKEN|>", "<|CHATBOT_TOKEN|>"), stops: ["<|END_OF_TURN_TOKEN|>"],
    template: turns(
      ["<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>", "<|END_OF_TURN_TOKEN|>"], ["<|START_OF_TURN_TOKEN|><|USER_TOKEN|>", "<|END_OF_TURN_TOKEN|>"],
      ["<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>", "<|END_OF_TURN_TOKEN|>"],
    ),
  },
  {
    name: "deepseek", fits: has("<｜User｜>", "<｜Assistant｜>"), stops: ["<｜end▁of▁sentence｜>", "<｜User｜>"],
    template: "{{ if .System }}{{ .System }}{{ end }}{{ if .Prompt }}<｜User｜>{{ .Prompt }}{{ end }}<｜Assistant｜>{{ .Response }}<｜end▁of▁sentence｜>",
  },
];

/** The family that a Jinja chat template belongs to; undefined for one that is not known. */
export function chatTemplateOf(jinja: string): ChatTemplate | undefined {
  return families.find(({ fits }) => fits(jinja));
}
