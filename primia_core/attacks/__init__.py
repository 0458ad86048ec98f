"""What an attacker could learn of the images behind gradients, updates and models; and whether to believe a failure."""
