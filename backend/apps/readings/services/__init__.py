"""Write reader studies: make, open and close them, bring raters, take readings."""
