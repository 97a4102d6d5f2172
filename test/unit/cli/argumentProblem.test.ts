import { parseArgs } from "node:util";
import { expect, it } from "vitest";
import { argumentProblem } from "../../../src/cli/argumentProblem";

it.each([
  [["--bogus"], "There is no option --bogus here."],
  [["-x"], "There is no option -x here."],
  [["--json=1"], "--json takes no value."],
  [["--model"], "--model needs a value."],
  [["--model", "--json"], "--model needs a value."],
])("tells of %j in a sentence", (args, sentence) => {
  expect(() => {
    try {
      parseArgs({ args, options: { json: { type: "boolean", short: "j" }, model: { type: "string" } }, strict: true, allowPositionals: true });
    } catch (error) {
      throw new Error(argumentProblem(error), { cause: error });
    }
  }).toThrow(new Error(sentence));
});
