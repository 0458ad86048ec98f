/** Where the fixture hub keeps its invented jobs. */
export const IDS = {
  running: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c701',
  done: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c702',
  failed: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c703',
  waiting: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c704',
  cancelled: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c705',
  evaluated: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c706',
  auditing: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c707',
  private: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c708',
};

/** Where it keeps its invented diagnosis services. */
export const SERVICES = {
  open: '3a7c1f02-91d4-4c55-b1de-5a0c6d0fa001',
  coming: '3a7c1f02-91d4-4c55-b1de-5a0c6d0fa002',
  failed: '3a7c1f02-91d4-4c55-b1de-5a0c6d0fa003',
  closed: '3a7c1f02-91d4-4c55-b1de-5a0c6d0fa004',
};

/** Where it keeps its invented evidence. */
export const EVIDENCE = {
  evaluation: '7e1d5b20-3c44-4a0b-8a5e-6b2f4c0ee001',
  trial: '7e1d5b20-3c44-4a0b-8a5e-6b2f4c0ee002',
  audit: '7e1d5b20-3c44-4a0b-8a5e-6b2f4c0ee003',
  invalid: '7e1d5b20-3c44-4a0b-8a5e-6b2f4c0ee004',
};
