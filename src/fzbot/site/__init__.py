"""Pages for villagers: answer pages, privacy, and the simulator."""
