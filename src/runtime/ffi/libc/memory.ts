import type { Address } from "../address";
import type { Koffi } from "../koffi";

type Place = Address | NodeJS.ArrayBufferView;
/**
 * Copies bytes between native memory and typed arrays. The way out of native memory that works
 * everywhere: Electron's memory cage forbids array buffers over foreign memory.
 */
export type CopyBytes = (to: Place, from: Place, bytes: number) => void;

function libcOf(platform: NodeJS.Platform): string {
  switch (platform) {
    case "win32":
      return "msvcrt.dll";
    case "darwin":
      return "libSystem.B.dylib";
    default:
      return "libc.so.6";
  }
}

export function bindMemory(koffi: Koffi, platform: NodeJS.Platform = process.platform): CopyBytes {
  return koffi.load(libcOf(platform)).func("memcpy", "void*", ["void*", "void*", "size_t"]) as unknown as CopyBytes;
}

/** Looks for a byte; null when it is nowhere: then every byte was read. */
export type FindByte = (place: Place, byte: number, bytes: number) => Address | null;

export function bindFindByte(koffi: Koffi, platform: NodeJS.Platform = process.platform): FindByte {
  return koffi.load(libcOf(platform)).func("memchr", "void*", ["void*", "int", "size_t"]) as unknown as FindByte;
}
