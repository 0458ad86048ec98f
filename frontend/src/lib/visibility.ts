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
}

export function whoSeesWhat({ secure, minSurvivors, epochs }: Terms): Visible[] {
  return [
    { what: 'Images, labels', hub: 'never', sites: 'never' },
    { what: "One site's update, loss, counts", hub: secure ? 'never' : 'yes', sites: 'never' },
    { what: "How long a site's work takes", hub: 'yes', sites: 'yes' },
    { what: 'Number of images of one site', hub: epochs ? 'roughly' : secure ? 'never' : 'yes', sites: epochs ? 'roughly' : 'never' },
    { what: `Sum of at least ${minSurvivors} sites`, hub: 'yes', sites: 'yes' },
    { what: 'The trained model', hub: 'yes', sites: 'yes' },
  ];
}
