"""One module per notebook: engagement, framework and methods give one frozen result with its intermediate values."""
