"""The dashboard and its workbook."""
