import type { Address } from "./address";
import type { Koffi, TypeObject } from "./koffi";
import type { CopyBytes } from "./libc/memory";

/** Native memory that must outlive a call on another thread: what JavaScript owns may move or be freed meanwhile. Freed as a whole. */
export class NativeMemory {
  readonly #blocks: Address[] = [];

  constructor(
    private readonly koffi: Koffi,
    private readonly copy: CopyBytes,
  ) {}

  room(bytes: number): Address {
    const address = this.koffi.alloc("uint8_t", Math.max(1, bytes)) as Address;
    this.#blocks.push(address);
    return address;
  }

  bytes(content: NodeJS.ArrayBufferView): Address {
    const address = this.room(content.byteLength);
    if (content.byteLength > 0) this.copy(address, content, content.byteLength);
    return address;
  }

  /** UTF-8 with its final zero byte. */
  text(value: string): Address {
    return this.bytes(Buffer.from(`${value}\0`, "utf8"));
  }

  structs(type: TypeObject, values: readonly object[]): Address {
    const list = this.koffi.array(type, values.length);
    const address = this.room(this.koffi.sizeof(list));
    this.koffi.encode(address, list, values);
    return address;
  }

  dispose(): void {
    for (const address of this.#blocks.splice(0)) this.koffi.free(address);
  }
}
