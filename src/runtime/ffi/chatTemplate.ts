/** llama.h: chat templates that llama.cpp knows by their marks. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export interface ChatTemplates {
  /** Null for a model without. */
  of(model: Address): string | null;
  /** With `opened`, up to where the assistant speaks next. Undefined for a template that llama.cpp does not know. */
  render(template: string, messages: readonly ChatMessage[], opened: boolean): string | undefined;
  /** The token that ends a turn, or a text; negative for none. */
  endOfTurn(vocab: Address): number;
}

export function bindChatTemplates(koffi: Koffi, llama: LibraryHandle): ChatTemplates {
  const message = koffi.struct({ role: "str", content: "str" });
  const of = llama.func("llama_model_chat_template", "str", ["void*", "str"]) as unknown as (model: Address, name: string | null) => string | null;
  const apply = llama.func("llama_chat_apply_template", "int32_t", ["str", koffi.pointer(message), "size_t", "bool", "void*", "int32_t"]) as unknown as (
    template: string, messages: readonly ChatMessage[], count: number, opened: boolean, into: Buffer, room: number,
  ) => number;
  const token = (name: string): ((vocab: Address) => number) => llama.func(name, "int32_t", ["void*"]) as unknown as (vocab: Address) => number;
  const [ofTurn, ofText] = [token("llama_vocab_eot"), token("llama_vocab_eos")] as const;
  return {
    of: (model) => of(model, null),
    render: (template, messages, opened) => {
      let room = Buffer.alloc(1024 + 4 * messages.reduce((sum, { content }) => sum + content.length, 0));
      let bytes = apply(template, messages, messages.length, opened, room, room.length);
      if (bytes > room.length) {
        room = Buffer.alloc(bytes);
        bytes = apply(template, messages, messages.length, opened, room, room.length);
      }
      return bytes < 0 ? undefined : room.toString("utf8", 0, bytes);
    },
    endOfTurn: (vocab) => (ofTurn(vocab) >= 0 ? ofTurn(vocab) : ofText(vocab)),
  };
}
