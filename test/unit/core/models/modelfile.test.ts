import { describe, expect, it } from "vitest";
import type { GgufHeader } from "../../../../src/core/gguf/header";
import { chatTemplateOf } from "../../../../src/core/models/chatTemplates";
import { checkedOllamaName, modelfileText, ollamaSettings } from "../../../../src/core/models/modelfile";

const header = (metadata: Record<string, unknown>): GgufHeader => ({ version: 3, metadata: { "general.architecture": "llama", ...metadata }, tensors: [], dataOffset: 0 });

describe("chat templates", () => {
  it.each([
    ["chatml", "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>'}}{% endfor %}"],
    ["phi4", "<|im_start|>user<|im_sep|>{{ m }}<|im_end|>"],
    ["llama3", "'<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + '<|eot_id|>'"],
    ["llama2", "{{ bos_token + '[INST] ' + '<<SYS>>\\n' + content + ' [/INST]' }}"],
    ["mistral", "{{ '[INST] ' + message['content'] + ' [/INST]' }}"],
    ["gemma", "{{ '<start_of_turn>' + role + '\\n' + message['content'] + '<end_of_turn>\\n' }}"],
    ["phi3", "<|user|>\\n{{ m }}<|end|>\\n<|assistant|>"],
    ["zephyr", "{{ '<|user|>\\n' + message['content'] + eos_token }}{{ '<|assistant|>' }}"],
    ["command-r", "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"],
    ["deepseek", "<｜User｜>{{ m }}<｜Assistant｜>"],
  ])("%s is recognised by its marks", (name, jinja) => expect(chatTemplateOf(jinja)?.name).toBe(name));

  it("unknown ones are not guessed", () => {
    expect(chatTemplateOf("### Human: {{ m }}")).toBeUndefined();
    expect(chatTemplateOf("<|user|> only")).toBeUndefined();
  });

  it("chatml becomes the Go template that Ollama's own library has for it", () => {
    expect(chatTemplateOf("<|im_start|><|im_end|>")?.template).toBe(
      "{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}{{ if .Prompt }}<|im_start|>user\n{{ .Prompt }}<|im_end|>\n{{ end }}<|im_start|>assistant\n{{ .Response }}<|im_end|>\n",
    );
  });
});

describe("a Modelfile", () => {
  const chat = header({
    "tokenizer.chat_template": "<|im_start|><|im_end|>", "tokenizer.ggml.tokens": ["a", "</s>", "<|im_end|>"], "tokenizer.ggml.eos_token_id": 1, "tokenizer.ggml.eot_token_id": 2,
    "llama.context_length": 131072, "general.license": "apache-2.0",
  });

  it("says where the model is, its template, where answers end, and how much context", () => {
    const text = modelfileText("./Tiny-F32.gguf", ["/my adapters/legal.gguf"], ollamaSettings(chat));
    expect(text.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
      "FROM ./Tiny-F32.gguf",
      'ADAPTER "/my adapters/legal.gguf"',
      'TEMPLATE """{{ if .System }}<|im_start|>system',
      "{{ .System }}<|im_end|>",
      "{{ end }}{{ if .Prompt }}<|im_start|>user",
      "{{ .Prompt }}<|im_end|>",
      "{{ end }}<|im_start|>assistant",
      "{{ .Response }}<|im_end|>",
      '"""',
      'PARAMETER stop "<|im_end|>"',
      'PARAMETER stop "</s>"',
      "PARAMETER num_ctx 8192",
      'LICENSE "apache-2.0"',
      "",
    ]);
    expect(text).toContain("# The context is 8192 tokens to save memory; the model was trained for 131072");
  });

  it("leaves out what it does not know, and says so", () => {
    const unknown = ollamaSettings(header({ "tokenizer.chat_template": "### Human", "llama.context_length": 512 }));
    expect(modelfileText("./a.gguf", [], unknown)).toMatch(/^# Written by Decant\.\n# Its chat template is of no family that Decant knows.*\nFROM \.\/a\.gguf\nPARAMETER num_ctx 512\n$/);
    expect(ollamaSettings(header({})).notes).toEqual(["The model has no chat template: Ollama hands it prompts as they are."]);
  });

  it("lets no header and no name add lines", () => {
    const hostile = ollamaSettings(header({
      "tokenizer.ggml.tokens": ['"\nFROM evil', "x\ny"], "tokenizer.ggml.eos_token_id": 0, "tokenizer.ggml.eot_token_id": 1, "general.license": 'MIT"\nADAPTER /etc/passwd', "llama.context_length": 1e300,
    }));
    expect(modelfileText("./a.gguf", [], hostile).split("\n").filter((line) => !line.startsWith("#"))).toEqual(["FROM ./a.gguf", "LICENSE \"MIT'\ufffdADAPTER /etc/passwd\"", ""]);
    for (const path of ['/a"b.gguf', "/a\nFROM x", "/a\u202eb"]) expect(() => modelfileText(path, [], hostile)).toThrow(/cannot name/);
  });
});

describe("Ollama's names", () => {
  it.each(["a", "contracts-5m:q4_k_m", "me/mine:latest", "hf.co/me/mine"])("takes %s", (name) => expect(checkedOllamaName(name)).toBe(name));
  it.each(["", "a b", "../a", "/a", "a:", "a:b:c", "a/b/c/d", "-a", "a\n", "ä", "a".repeat(201)])("refuses %j", (name) => expect(() => checkedOllamaName(name)).toThrow(/does not take/));
});
