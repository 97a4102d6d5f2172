import { readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(__dirname, "../..");
const nodeBuiltIns = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * The walls of docs/architecture.md: what each room may import besides itself.
 * "node" stands for Node's own modules; a path with a slash is one file or one package.
 */
const walls: Readonly<Record<string, readonly string[]>> = {
  "src/protocol": ["vscode-jsonrpc"],
  "src/core": ["src/protocol"],
  "src/core/adapters": ["src/core", "src/protocol", "ml-matrix"],
  "src/core/rounding": ["src/core", "src/protocol", "ml-matrix"],
  "src/services": ["src/core", "src/protocol", "node"],
  "src/client": ["src/core", "src/protocol", "src/services/ports", "node", "vscode-jsonrpc/node"],
  "src/runtime": ["src/core", "src/protocol", "node", "vscode-jsonrpc/node", "node-llama-cpp"],
  "src/runtime/documents": ["src/core", "src/protocol", "node", "mammoth", "turndown", "unpdf", "jszip", "@xmldom/xmldom"],
  "src/runtime/conversion": ["src/core", "src/protocol", "src/runtime/compression/outputPlace", "src/runtime/gguf", "node", "@bufbuild/protobuf/wire"],
  "src/runtime/ffi": ["src/core", "src/protocol", "node", "koffi"],
  "src/ui": ["src/core", "src/services", "src/protocol", "node", "vscode"],
  "src/cli": ["src/core", "src/services", "src/protocol", "node"],
  "src/extension": ["src/client", "src/core", "src/services", "src/protocol", "src/ui", "node", "vscode"],
  "src/cli.ts": ["src/cli", "src/client", "src/core", "src/services", "src/protocol", "node"],
  webview: ["src/protocol", "src/core", "@observablehq/plot", "@vscode/webview-ui-toolkit"],
};
/** Modules that touch files, processes or time: they have no place in pure rooms, whatever else is allowed. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  "src/services": ["child_process", "node:child_process"],
  "src/ui": ["child_process", "node:child_process"],
};
/** The single files that may import these packages. */
const soleImporters: Readonly<Record<string, string>> = {
  "@vscode/webview-ui-toolkit": "webview/toolkit.ts",
};

/** The only rooms that speak to other machines or programs over the network. */
const networkRooms = ["src/services/hub", "src/services/ollama"];
const networkModules = new Set(["http", "https", "http2", "net", "tls", "dgram", "undici"]);

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const specifiers = [...text.matchAll(/(?:from|import|import\(|require\()\s*["']([^"'\n]+)["']/g)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => ({
    file,
    target: specifier.startsWith(".") ? relative(root, resolve(root, dirname(file), specifier)).split(sep).join("/") : specifier,
  }));
}

function roomOf(file: string): string {
  const candidates = Object.keys(walls).filter((room) => file === room || file.startsWith(`${room}/`) || file === `${room}.ts`);
  return candidates.sort((a, b) => b.length - a.length)[0] ?? "";
}

function allowed({ file, target }: Import): boolean {
  const room = roomOf(file);
  if (target.endsWith(".css")) return room === "webview";
  if (forbidden[room]?.includes(target)) return false;
  if (inside(target, room)) return true;
  return (walls[room] ?? []).some((wall) => (wall === "node" ? nodeBuiltIns.has(target) : inside(target, wall)));
}

function inside(target: string, place: string): boolean {
  return target === place || target.startsWith(`${place}/`) || `${target}.ts` === place;
}

const imports = [...sources("src"), ...sources("webview")].flatMap(importsOf);

describe("the house", () => {
  it("is read at all", () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it("has every file in a room", () => {
    expect([...new Set(imports.map(({ file }) => file))].filter((file) => roomOf(file) === "")).toEqual([]);
  });

  it("keeps its walls", () => {
    expect(imports.filter((entry) => !allowed(entry)).map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it("has one door for each guarded package", () => {
    for (const [name, door] of Object.entries(soleImporters)) {
      const importers = new Set(imports.filter(({ target }) => inside(target, name)).map(({ file }) => file));
      expect([...importers].filter((file) => file !== door)).toEqual([]);
    }
  });

  it("has two rooms with a network", () => {
    const importers = imports.filter(({ target }) => networkModules.has(target.replace(/^node:/, ""))).map(({ file }) => file);
    const callers = sources("src").filter((file) => /\bfetch\(|\?\? fetch\b|\bnew (WebSocket|EventSource)\(/.test(readFileSync(join(root, file), "utf8").replace(/#fetch\(/g, "")));
    expect([...importers, ...callers].filter((file) => !networkRooms.some((room) => inside(file, room)))).toEqual([]);
    expect(importers.length).toBeGreaterThan(0);
    expect(callers.length).toBeGreaterThan(0);
  });

  it("never lets core read a clock, a file or a process", () => {
    const core = sources("src/core").filter((file) => /\b(Date\.now|new Date\(|performance\.|process\.|setTimeout|setInterval)\b/.test(readFileSync(join(root, file), "utf8")));
    expect(core).toEqual([]);
  });

  it("would catch a leaning wall", () => {
    expect(allowed({ file: "src/core/gguf/header.ts", target: "node:fs" })).toBe(false);
    expect(allowed({ file: "src/runtime/quantizer.ts", target: "koffi" })).toBe(false);
    expect(allowed({ file: "src/runtime/ffi/library.ts", target: "koffi" })).toBe(true);
    expect(allowed({ file: "src/services/ports.ts", target: "vscode" })).toBe(false);
    expect(allowed({ file: "src/ui/tree.ts", target: "src/client/runtimeClient" })).toBe(false);
  });
});
