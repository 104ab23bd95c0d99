# When two people change the same thing
err-edit-meanwhile = another member of staff changed this field meanwhile; what is stored now: { $now }
rec-edit-meanwhile = check which is right and save again; what stands in the field is stored then
