/** Closes what a test has opened, the last first, at its end. Called inside `describe`. */
export function closeAfterEach(): Keep {
  const open: (AsyncDisposable | Disposable)[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) {
      if (Symbol.asyncDispose in each) await each[Symbol.asyncDispose]();
      else each[Symbol.dispose]();
    }
  });
  return each => {
    open.push(each);
    return each;
  };
}

export type Keep = <T extends AsyncDisposable | Disposable>(each: T) => T;
