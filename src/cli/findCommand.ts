import type { Command } from "./command";

/** A command by its one or two words ("quantize", "lora train") and the words after it; undefined where there is none. */
export function findCommand(commands: readonly Command[], args: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const command = commands.find(({ name }) => name === args.slice(0, words).join(" "));
    if (command) return { command, rest: args.slice(words) };
  }
  return undefined;
}

/** The commands whose first word of two is this one. */
export function commandsUnder(commands: readonly Command[], word: string | undefined): readonly Command[] {
  return commands.filter(({ name }) => word !== undefined && name.startsWith(`${word} `));
}

/** Why there is no such command: no such word, or a second one is missing before the options. */
export function missingCommand(group: readonly Command[], first = "", second = ""): string {
  if (group.length === 0) return `There is no command "${first}".`;
  const names = group.map(({ name }) => name.split(" ")[1]).join(", ");
  return second.startsWith("-") ? `"${first}" needs one of these words before its options: ${names}.` : `There is no command "${first} ${second}".`;
}
