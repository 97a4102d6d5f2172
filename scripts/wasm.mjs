/**
 * Compiles the AssemblyScript of src/runtime to WebAssembly and writes it, as text, to a module beside each source: so every
 * bundle and every test has it without a loader. Tests fail when the two differ.
 *
 *   node scripts/wasm.mjs
 */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const runtime = resolve(fileURLToPath(import.meta.url), "../../src/runtime");
/** Folder and name of each: NAME.as becomes NAMEModule.ts. */
const sources = [["evaluation", "logits"], ["rounding", "products"]];

export async function compiledModule(folder = "evaluation", name = "logits") {
  const source = await readFile(join(runtime, folder, `${name}.as`), "utf8");
  const { error, binary, stderr } = await asc.compileString(source, {
    optimizeLevel: 3, shrinkLevel: 0, runtime: "stub", importMemory: true, enable: ["simd"], noAssert: true,
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return Buffer.from(binary).toString("base64");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [folder, name] of sources) {
    const lines = (await compiledModule(folder, name)).match(/.{1,120}/g);
    const text = lines.map((line) => `  "${line}",`).join("\n");
    await writeFile(join(runtime, folder, `${name}Module.ts`), `/** Made from ${name}.as by scripts/wasm.mjs: do not edit. Base64. */\nexport const ${name}Module = [\n${text}\n].join("");\n`);
  }
}
