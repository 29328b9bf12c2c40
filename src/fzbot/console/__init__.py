"""The staff console (后台): pages for administrators, editors, advisers and viewers."""
