"""Performance predictors, one module a model; found by being here."""
