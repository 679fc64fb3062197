"""Scripts of the repository: setting up, and taking pictures of the product."""
