/** How much is read and learnt: enough for figures that hold, or just enough to try the script. */
export function labSettings(quick, measuringText) {
  const context = "256";
  const chunks = quick ? "3" : "100";
  const reading = {
    said: quick ? "3 chunks of 256 tokens" : "chunks of 256 tokens",
    measured: ["--text", measuringText, "--context", context, "--chunks", chunks],
    ranked: ["--context", context, "--chunks", quick ? "2" : "16"],
    calibrated: ["--context", context, "--chunks", quick ? "4" : "100"],
    chained: ["--context", context, "--chunks", quick ? "3" : "30"],
    peer: { text: measuringText, context: 256, chunks: quick ? 3 : 15 },
  };
  const length = ["--context", context, "--seed", "1"];
  const settings = {
    heal: [...length, "--epochs", quick ? "1" : "4"],
    student: [...length, "--epochs", quick ? "1" : "3", "--rank", "1"],
    lora: [...length, "--epochs", quick ? "1" : "2", "--rank", "4"],
  };
  return { reading, settings, learntBytes: quick ? 12_000 : 400_000 };
}
