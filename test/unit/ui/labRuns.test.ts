import { beforeEach, describe, expect, it, vi } from "vitest";
import { CompressionLab } from "../../../src/services/lab/compressionLab";
import { withStep } from "../../../src/services/lab/recipeEdits";
import { LabRuns } from "../../../src/ui/lab/labRuns";
import { aModel, original, ScriptedRunner, settled, stepResult } from "../services/lab/labFixtures";

const editor = vi.hoisted(() => ({ answers: [] as (string | undefined | Promise<string | undefined>)[], messages: [] as string[] }));
vi.mock("vscode", () => {
  const tell = async (message: string): Promise<string | undefined> => {
    editor.messages.push(message);
    return editor.answers.shift();
  };
  return { window: { showInformationMessage: tell, showWarningMessage: tell } };
});

describe("what the editor tells of a run", () => {
  let runner: ScriptedRunner;
  let lab: CompressionLab;
  let labels: string[];
  let idle: boolean;
  let shown: boolean;
  let asked: number;
  let runs: LabRuns;

  beforeEach(async () => {
    Object.assign(editor, { answers: [], messages: [] });
    [runner, labels, idle, shown, asked] = [new ScriptedRunner(), [], true, false, 0];
    lab = new CompressionLab({
      runner, pruning: { rank: () => { throw new Error("not asked"); } }, models: async () => [], model: async (path) => aModel(path), folder: () => "/out", labelled: async () => [], content: async (path) => path,
      text: async () => () => ({ name: "a", kind: "document", text: "a" }), bundledText: async () => ({ name: "b", text: "b" }), requireTrust: async () => undefined,
      machine: () => undefined, measuring: () => ({ context: 128, chunks: 1 }), wait: 1,
    }, () => ({ name: "t", kind: "document", text: "t" }));
    runs = new LabRuns({
      activity: {
        begin: (label) => {
          labels.push(label);
          idle = false;
          return { report: (words) => void labels.push(words), dispose: () => void (idle = true) };
        },
      },
      isShown: () => shown,
      show: async () => void asked++,
      showError: (error) => {
        throw error;
      },
    });
    await lab.chooseModel("/m/pocket-F16.gguf");
    lab.edit((recipe) => withStep({ ...recipe, name: "Mine" }, { kind: "quantize", level: "Q8_0" }));
  });

  async function finish(): Promise<void> {
    await runner.tell({ result: { name: "Mine", original, steps: [stepResult(0)], path: "/out/0.gguf", seconds: 3 } });
  }

  it("the status bar says which step is under way, until it has ended", async () => {
    shown = true;
    const running = runs.run(lab);
    await runner.tell({ step: -1, label: "Measuring the original" });
    await runner.tell({ step: 0, label: "x", fraction: 0.256 });
    expect(labels).toEqual(expect.arrayContaining(["Running Mine", "Measuring the original", "Quantize to Q8_0 26 %"]));
    await finish();
    await running;
    expect(idle).toBe(true);
    expect(editor.messages).toEqual([]);
  });

  it("tells the end while the panel is not in sight, and leads to it", async () => {
    editor.answers = ["Show"];
    const running = runs.run(lab);
    await runner.tell({});
    await finish();
    await running;
    expect(editor.messages).toEqual(["“Mine”: Done, 10 % smaller."]);
    expect(asked).toBe(1);
  });

  it("a gate's question is asked there too, and answered there", async () => {
    editor.answers = ["Go On"];
    const running = runs.run(lab);
    await runner.tell({});
    const answer = runner.ask("KL is above what is allowed.");
    expect(await answer).toBe(true);
    expect(editor.messages).toEqual(["“Mine” waits for you: KL is above what is allowed. Go on?"]);
    await finish();
    await running;
  });

  it("is asked in a message when the panel is closed over its question, once", async () => {
    shown = true;
    const running = runs.run(lab);
    await runner.tell({});
    const answer = runner.ask("KL is above what is allowed.");
    await settled();
    expect(editor.messages).toEqual([]);
    shown = false;
    let press: (button: string) => void = () => undefined;
    editor.answers = [new Promise((resolve) => (press = resolve))];
    const telling = runs.tellRunning(lab);
    await runs.tellRunning(lab);
    expect(editor.messages).toEqual(["“Mine” waits for you: KL is above what is allowed. Go on?"]);
    press("Stop");
    await telling;
    expect(await answer).toBe(false);
    await finish();
    await running;
  });

  it("an answer that comes after the panel's answers no later question", async () => {
    const running = runs.run(lab);
    await runner.tell({});
    let press: (button: string) => void = () => undefined;
    editor.answers = [new Promise((resolve) => (press = resolve))];
    const first = runner.ask("KL is above what is allowed.");
    lab.answer(true);
    expect(await first).toBe(true);
    shown = true;
    void runner.ask("Agreement is below what is asked for.");
    press("Stop");
    await settled();
    expect(lab.snapshot.run?.state).toBe("asking");
    lab.answer(true);
    await finish();
    await running;
  });

  it("is paused or cancelled from the message of a closed panel", async () => {
    await runs.tellRunning(lab);
    expect(editor.messages).toEqual([]);
    const running = runs.run(lab);
    await runner.tell({});
    editor.answers = ["Pause"];
    await runs.tellRunning(lab);
    await running;
    expect(lab.snapshot.run?.state).toBe("paused");
    expect(editor.messages).toEqual(["“Mine” goes on in the background."]);
    const again = runs.run(lab);
    await runner.tell({});
    editor.answers = ["Cancel Run"];
    await runs.tellRunning(lab);
    await again;
    expect(lab.snapshot.run?.state).toBe("stopped");
    await settled();
  });
});
