"""The paper of the studio."""
