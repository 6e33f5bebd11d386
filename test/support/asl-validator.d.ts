declare module 'asl-validator' {
  /** Writes into the definition that it is given. */
  function validate(definition: object): { readonly isValid: boolean; readonly errors: readonly unknown[] };
  export = validate;
}
