/** The view state of an audit's screen that stands in its address. */
export interface AttackSearch {
  /** Names of the charts that are shown as tables, apart by blanks. */
  tables?: string | undefined;
  measure?: 'psnr' | 'ssim' | undefined;
}
