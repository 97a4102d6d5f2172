import { type Llama, type LlamaModel, type Token, getLlama } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AnswerScorer } from "../../src/runtime/inference/answerScorer";
import { sampleModel } from "./buildRuntime";

const answers = ["None", "Non-Compete", "No-Solicit Of Customers", "No-Solicit Of Employees", "Governing Law"];
let llama: Llama;
let model: LlamaModel;

beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: 0 });
  model = await llama.loadModel({ modelPath: sampleModel(), gpuLayers: 0 });
});
afterAll(() => model.dispose());

async function newSequence() {
  return (await model.createContext({ contextSize: 512, threads: 1 })).getSequence();
}

function prompt(end: string): Token[] {
  return [model.tokens.bos ?? (0 as Token), ...model.tokenize(`Neither party may, during the term of this Agreement, hire or solicit ${end}`, false)];
}

/** The likelihood that the prompt goes on with these tokens, decoded afresh. */
async function likelihood(start: readonly Token[], tokens: readonly Token[]): Promise<number> {
  const sequence = await newSequence();
  const generateNext = { probabilities: true };
  const input = [...start, ...tokens.slice(0, -1)];
  const results = await sequence.controlledEvaluate(input.map((token, index) => (index >= start.length - 1 ? [token, { generateNext }] : token)));
  await sequence.context.dispose();
  return tokens.reduce((product, token, index) => product * (results[start.length - 1 + index]?.next.probabilities?.get(token) ?? 0), 1);
}

/** The tokens of a spelling up to the first that no other answer's spelling shares. */
function distinctive(spelling: readonly Token[], others: readonly (readonly Token[])[]): readonly Token[] {
  const shared = others.map((other) => spelling.findIndex((token, index) => token !== other[index]));
  return spelling.slice(0, Math.max(0, ...shared) + 1);
}

describe("an answer scorer", () => {
  it("says how many tokens it may decode after the prompt, however long the names are that share a beginning", async () => {
    const long = "Quality assurance, inspection, acceptance and rejection of delivered goods in warehouse";
    const names = ["None", `${long} A`, `${long} B`];
    const sequence = await newSequence();
    const scorer = new AnswerScorer(sequence, model, names);
    const start = prompt("the");
    await scorer.score(start, "None", 0);
    const taken = sequence.nextTokenIndex - start.length;
    expect(taken).toBeGreaterThan(16);
    expect(scorer.room).toBeGreaterThanOrEqual(taken);
    await sequence.context.dispose();
  });

  const spellings = (answer: string): Token[][] => [model.tokenize(answer, false), model.tokenize(` ${answer}`, false)];

  it("gives the product of the probabilities up to where an answer is settled", async () => {
    const start = prompt("any customers.");
    const scorer = new AnswerScorer(await newSequence(), model, answers);
    const scores = await scorer.score(start, "None", 0);
    for (const answer of answers) {
      const others = answers.filter((other) => other !== answer).flatMap(spellings);
      let expected = 0;
      for (const spelling of spellings(answer)) expected += await likelihood(start, distinctive(spelling, others));
      expect(Math.log(scores.get(answer) ?? 0), answer).toBeCloseTo(Math.log(expected), 1);
    }
  });

  it("scores a second question, which shares its beginning, as if it were the first", async () => {
    const used = new AnswerScorer(await newSequence(), model, answers);
    await used.score(prompt("any customers."), "None", 0);
    const again = await used.score(prompt("employees of the other party."), "None", 0);
    const fresh = await new AnswerScorer(await newSequence(), model, answers).score(prompt("employees of the other party."), "None", 0);
    for (const answer of answers) expect(Math.log(again.get(answer) ?? 0), answer).toBeCloseTo(Math.log(fresh.get(answer) ?? 0), 1);
  });

  it("leaves out what cannot reach the floor any more", async () => {
    const scorer = new AnswerScorer(await newSequence(), model, answers);
    const all = await scorer.score(prompt("any customers."), "None", 0);
    const few = await scorer.score(prompt("any customers."), "None", 0.999);
    for (const [answer, value] of few) expect(Math.abs(Math.log(value / (all.get(answer) ?? 0)))).toBeLessThan(0.1);
    expect(few.size).toBeLessThanOrEqual(all.size);
    expect(few.get("None")).toBeGreaterThan(0);
  });
});
