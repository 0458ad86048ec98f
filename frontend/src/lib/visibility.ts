/** Who can learn what from a training job, in words. It follows from the plan alone. */

export interface Visible {
  what: string;
  hub: string;
  sites: string;
}

interface Terms {
  secure: boolean;
  minSurvivors: number;
  epochs: boolean;
  /** With differential privacy sites count alike, and only noisy sums leave training. */
  noisy?: boolean;
}

export function whoSeesWhat({ secure, minSurvivors, epochs, noisy = false }: Terms): Visible[] {
  if (noisy) return whoSeesNoisy({ secure, minSurvivors });
  return [
    { what: 'Images, labels', hub: 'never', sites: 'never' },
    { what: "One site's update, loss, counts", hub: secure ? 'never' : 'yes', sites: 'never' },
    { what: "How long a site's work takes", hub: 'yes', sites: 'yes' },
    { what: 'Number of images of one site', hub: epochs ? 'roughly' : secure ? 'never' : 'yes', sites: epochs ? 'roughly' : 'never' },
    { what: `Sum of at least ${minSurvivors} sites`, hub: 'yes', sites: 'yes' },
    { what: 'The trained model', hub: 'yes', sites: 'yes' },
  ];
}

function whoSeesNoisy({ secure, minSurvivors }: Pick<Terms, 'secure' | 'minSurvivors'>): Visible[] {
  return [
    { what: 'Images, labels', hub: 'never', sites: 'never' },
    { what: "One site's update", hub: secure ? 'never' : 'with noise', sites: 'never' },
    { what: "One site's training loss, number of images", hub: 'never', sites: 'never' },
    { what: "How long a site's work takes", hub: 'yes', sites: 'yes' },
    { what: `Sum of at least ${minSurvivors} sites, and the model`, hub: 'with noise', sites: 'with noise' },
    { what: 'Validation and test counts, summed alike', hub: 'yes', sites: 'yes' },
  ];
}

interface EvaluationTerms {
  minSurvivors: number;
  perSite: boolean;
  subgroups: readonly string[];
  smallestCell: number;
}

/** The same of a job that evaluates: answers are counted at the sites, and only counts leave. */
export function whoSeesEvaluation({ minSurvivors, perSite, subgroups, smallestCell }: EvaluationTerms): Visible[] {
  return [
    { what: 'Images, labels', hub: 'never', sites: 'never' },
    { what: 'What the model says of one image', hub: 'never', sites: 'never' },
    { what: "One site's confusion matrix", hub: perSite ? 'public' : 'never', sites: perSite ? 'public' : 'never' },
    { what: 'Number of images of one site', hub: perSite ? 'public' : 'never', sites: perSite ? 'public' : 'never' },
    ...(subgroups.length === 0 ? [] : [{ what: `Groups of fewer than ${smallestCell} images`, hub: 'never', sites: 'never' }]),
    { what: "How long a site's work takes", hub: 'yes', sites: 'yes' },
    { what: `Counts and score histograms, summed over at least ${minSurvivors} sites`, hub: 'yes', sites: 'yes' },
  ];
}

/** The same of a job that audits: sites attack themselves, and only sums of figures leave. */
export function whoSeesAudit(minSurvivors: number): Visible[] {
  return [
    { what: 'Images, labels', hub: 'never', sites: 'never' },
    { what: 'Reconstructions of patients’ images', hub: 'never', sites: 'never' },
    { what: "One site's gradients, updates, figures", hub: 'never', sites: 'never' },
    { what: "How long a site's work takes", hub: 'yes', sites: 'yes' },
    { what: `Figures of the attack, summed over at least ${minSurvivors} sites`, hub: 'yes', sites: 'yes' },
    { what: 'Pictures of drawn phantoms, attacked alike', hub: 'yes', sites: 'yes' },
  ];
}
