/** Seeds that have failed once, with what they have found; they are played first, for ever. */
export const FOUND: readonly { readonly seed: number; readonly note: string }[] = [
  { seed: 221, note: 'the remembered answer of handing back told of a contact who had been erased' },
  {
    seed: 1116,
    note: 'a task of a wait that was long over opened its mailbox again, in place of the one that was open',
  },
  {
    seed: 129,
    note: 'the answer to a START stayed CLAIMED: the person had said something newer when the START was told again',
  },
];
