import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/cli/command";
import { commandsUnder, findCommand, missingCommand } from "../../../src/cli/findCommand";

const named = (name: string): Command => ({ name, usage: name, summary: "", options: {}, run: async () => undefined });
const commands = [named("measure"), named("lora train"), named("lora merge")];
const found = (...args: string[]): readonly [string, ...string[]] | undefined => {
  const result = findCommand(commands, args);
  return result && [result.command.name, ...result.rest];
};

describe("a command", () => {
  it("has one word or two, and the rest is its own", () => {
    expect(found("measure", "a.gguf")).toEqual(["measure", "a.gguf"]);
    expect(found("lora", "train", "a.gguf", "--rank", "4")).toEqual(["lora train", "a.gguf", "--rank", "4"]);
    expect(found("measure")).toEqual(["measure"]);
  });

  it("is not found by half of its name", () => {
    for (const args of [["lora"], ["lora", "--help"], ["lora", "trai"], ["train"], []]) expect(found(...args)).toBeUndefined();
  });

  it("has neighbours under its first word", () => {
    expect(commandsUnder(commands, "lora").map(({ name }) => name)).toEqual(["lora train", "lora merge"]);
    for (const word of ["measure", "lor", undefined]) expect(commandsUnder(commands, word)).toEqual([]);
  });

  it("is missing with the right sentence", () => {
    const group = commandsUnder(commands, "lora");
    expect(missingCommand(group, "lora", "--threads")).toBe('"lora" needs one of these words before its options: train, merge.');
    expect(missingCommand(group, "lora", "trai")).toBe('There is no command "lora trai".');
    expect(missingCommand([], "nothing")).toBe('There is no command "nothing".');
  });
});
