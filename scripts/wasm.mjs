/**
 * Compiles src/runtime/evaluation/logits.as to WebAssembly and writes it, as text, to logitsModule.ts beside it: so
 * every bundle and every test has it without a loader. A test fails when the two differ.
 *
 *   node scripts/wasm.mjs
 */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const folder = resolve(fileURLToPath(import.meta.url), "../../src/runtime/evaluation");

export async function compiledModule() {
  const source = await readFile(join(folder, "logits.as"), "utf8");
  const { error, binary, stderr } = await asc.compileString(source, {
    optimizeLevel: 3, shrinkLevel: 0, runtime: "stub", importMemory: true, enable: ["simd"], noAssert: true,
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return Buffer.from(binary).toString("base64");
}

const written = join(folder, "logitsModule.ts");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = (await compiledModule()).match(/.{1,120}/g);
  const text = lines.map((line) => `  "${line}",`).join("\n");
  await writeFile(written, `/** Made from logits.as by scripts/wasm.mjs: do not edit. Base64. */\nexport const logitsModule = [\n${text}\n].join("");\n`);
}
