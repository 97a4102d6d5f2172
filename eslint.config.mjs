import tseslint from "typescript-eslint";

/** One wall per room: the message says where the code belongs (docs/architecture.md). */
function wall(room, groups, message) {
  return {
    files: [`${room}/**/*.ts`],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: groups, message }] }] },
  };
}
const native = ["koffi", "node-llama-cpp"];
const rooms = (...names) => names.flatMap((name) => [`**/${name}/**`]);

export default tseslint.config(
  { ignores: ["node_modules", "dist", "out-test", ".cache", ".workbench", "scripts/model/**/*.py"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
        { selector: "CallExpression[callee.object.name='koffi'][callee.property.name='view']", message: "koffi.view fails under Electron's memory cage; copy with memcpy." },
      ],
    },
  },
  wall("src/protocol", ["vscode", "node:*", ...native, ...rooms("core", "services", "client", "ui", "runtime")], "protocol/ holds plain types and messages only; logic belongs in core/."),
  wall("src/core", ["vscode", "node:*", ...native, ...rooms("services", "client", "ui", "runtime")], "core/ is pure: put I/O into services/ or runtime/."),
  wall("src/services", ["vscode", "node:child_process", ...native, ...rooms("client", "ui", "runtime")], "services/ reach the world through ports.ts; adapters live in client/ and ui/adapters."),
  wall("src/client", ["vscode", ...native, ...rooms("services", "ui", "runtime"), "!**/services/ports"], "client/ only talks to the runtime process; use cases belong in services/."),
  wall("src/runtime", ["vscode", ...rooms("client", "services", "ui")], "runtime/ is the native process; it knows core/ and protocol/ only."),
  wall("src/ui", [...native, "node:child_process", ...rooms("client", "runtime")], "ui/ reaches the runtime through services/."),
  wall("webview", ["vscode", "node:*", ...native, ...rooms("services", "client", "runtime", "ui")], "A webview talks to the host through protocol/messenger."),
  { files: ["src/runtime/**/*.ts"], rules: { "no-console": "error" } },
  {
    files: ["src/runtime/**/*.ts"],
    ignores: ["src/runtime/ffi/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["koffi", "vscode", ...rooms("client", "services", "ui")], message: "koffi belongs in runtime/ffi; the runtime knows core/ and protocol/ only." }] }] },
  },
  { files: ["**/*.mjs", "vitest.config.ts"], rules: { "no-restricted-syntax": "off" } },
);
