/** Where the fixture platform keeps its invented reader studies. */
export const STUDIES = {
  /** Led by the person who is logged in. */
  open: '8f2e6c31-4d55-4b1c-9a6f-7c3d5e1fd001',
  closed: '8f2e6c31-4d55-4b1c-9a6f-7c3d5e1fd002',
  /** Read by that person, led by somebody else. */
  reading: '8f2e6c31-4d55-4b1c-9a6f-7c3d5e1fd003',
  draft: '8f2e6c31-4d55-4b1c-9a6f-7c3d5e1fd004',
};

/** SHA-256 of e2e/fixtures/phantom.jpg: the first case that is not read yet. */
export const PHANTOM = 'c5f07654e8fd19107443827e1b0084a737eee263c344f121889abae5a6cdd1e6';
