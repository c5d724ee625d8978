"""Pictures of figures: specs of charts as data, and the short-lived process that draws them."""
