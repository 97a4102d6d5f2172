import { describe, expect, it } from "vitest";
import { type CancellationToken, CancellationTokenSource } from "../../../src/protocol/rpc";
import { JobQueue } from "../../../src/ui/inlineAnalysis/jobQueue";

const never = new CancellationTokenSource().token;

function cancelled(token: CancellationToken): Promise<void> {
  return new Promise((resolve) => void token.onCancellationRequested(() => resolve()));
}

describe("JobQueue", () => {
  it("ends the job before, begins when that has ended, and passes over what was superseded meanwhile", async () => {
    const queue = new JobQueue();
    const order: string[] = [];
    const first = queue.run("a", never, async (token, wasSuperseded) => {
      await cancelled(token);
      await Promise.resolve();
      order.push(`first ended, superseded ${wasSuperseded()}`);
    });
    await Promise.resolve(); // It has begun.
    const second = queue.run("b", never, async () => void order.push("second"));
    const third = queue.run("c", never, async () => void order.push("third"));
    await expect(second).rejects.toMatchObject({ code: "cancelled" });
    await Promise.all([first, third]);
    expect(order).toEqual(["first ended, superseded true", "third"]);
    expect(queue.key).toBeUndefined();
  });

  it("tells a job that the person ended from one that gave way", async () => {
    const queue = new JobQueue();
    const job = queue.run("a", never, async (token, wasSuperseded) => {
      await cancelled(token);
      return wasSuperseded();
    });
    await Promise.resolve();
    queue.stop("another document");
    expect(queue.key).toBe("a");
    queue.stop("a");
    expect(await job).toBe(false);
  });

  it("passes on the person's cancelling and the job's failure", async () => {
    const queue = new JobQueue();
    const source = new CancellationTokenSource();
    const job = queue.run("a", source.token, async (token) => {
      await cancelled(token);
      throw new Error("ended");
    });
    await Promise.resolve();
    source.cancel();
    await expect(job).rejects.toThrow("ended");
    await expect(queue.run("b", never, async () => 7)).resolves.toBe(7);
  });

  it("is idle when the last of several jobs has ended", async () => {
    const queue = new JobQueue();
    const ended: string[] = [];
    void queue.run("a", never, async (token) => cancelled(token).then(() => void ended.push("a")));
    await Promise.resolve();
    void queue.run("b", never, async () => void ended.push("b"));
    await queue.idle;
    expect(ended).toEqual(["a", "b"]);
  });
});
