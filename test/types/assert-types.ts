/** True where two types are the same, not only assignable to each other; `any` equals `any` only. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export type IsAny<T> = 0 extends 1 & T ? true : false;

/** Does not compile unless its argument is `true`. */
export type Assert<T extends true> = T;

/** Does not compile where its argument is `any`. */
export type NotAny<T> = IsAny<T> extends true ? false : true;

/** Whether some type inside a function's signature is `any`. */
export type SignatureHasAny<F> = F extends (...args: infer Args) => infer Result
  ? IsAny<Result> extends true
    ? true
    : IsAny<Awaited<Result>> extends true
      ? true
      : true extends { [I in keyof Args]-?: IsAny<Args[I]> }[number]
        ? true
        : false
  : IsAny<F>;
