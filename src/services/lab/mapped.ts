/** What a generator yields, shown otherwise; its result stays. Leaving it leaves the generator, which cancels its work. */
export async function* mapped<Yielded, Shown, Result>(part: AsyncGenerator<Yielded, Result>, show: (yielded: Yielded) => Shown): AsyncGenerator<Shown, Result> {
  let result: { readonly value: Result } | undefined;
  try {
    for (;;) {
      const step = await part.next();
      if (step.done) {
        result = { value: step.value };
        return step.value;
      }
      yield show(step.value);
    }
  } finally {
    if (!result) await part.return(undefined as Result);
  }
}
