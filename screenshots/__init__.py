"""Pictures of the running application: a short script for each, over one camera. `make screenshots` takes them all."""
