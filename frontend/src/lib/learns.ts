/** Who can learn what from one diagnosis, in words. It follows from the roles and the answer's policy. */

export interface Learns {
  what: string;
  parties: string;
  dealer: string;
  hub: string;
  owner: string;
  requester: string;
}

export function whoLearnsWhat(policy: 'logits' | 'label'): Learns[] {
  return [
    { what: 'The image', parties: 'never', dealer: 'never', hub: 'never', owner: 'never', requester: 'its own' },
    { what: 'The weights', parties: 'never', dealer: 'never', hub: 'since training', owner: 'yes', requester: policy === 'logits' ? 'a little, by asking' : 'least, by asking' },
    { what: 'The answer', parties: 'never', dealer: 'never', hub: 'never', owner: 'never', requester: policy === 'logits' ? 'probabilities' : 'the label' },
    { what: 'Who asks', parties: 'never', dealer: 'never', hub: 'yes', owner: 'never', requester: 'itself' },
    { what: 'When, and how often', parties: 'yes', dealer: 'roughly', hub: 'yes', owner: 'never', requester: 'its own' },
    { what: 'The network’s shape and scales', parties: 'yes', dealer: 'yes', hub: 'yes', owner: 'yes', requester: 'those of the input' },
  ];
}
